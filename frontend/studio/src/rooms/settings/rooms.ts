import { IconBuildingStore, IconClipboardList, IconFileImport, IconKey, IconMailCog, IconPlugConnected, IconUser, IconUsers, IconWebhook, type Icon } from '@tabler/icons-react';
import type { Key } from '../../words/messages';

export interface SettingsRoom {
  to: '/settings/brand' | '/settings/people' | '/settings/keys' | '/settings/sending' | '/settings/connections' | '/settings/webhooks' | '/settings/import' | '/settings/policy' | '/settings/profile';
  label: Key;
  text: Key;
  icon: Icon;
}

export const SETTINGS: SettingsRoom[] = [
  { to: '/settings/brand', label: 'settings.brand', text: 'settings.brand.text', icon: IconBuildingStore },
  { to: '/settings/policy', label: 'settings.policy', text: 'settings.policy.text', icon: IconClipboardList },
  { to: '/settings/connections', label: 'settings.connections', text: 'settings.connections.text', icon: IconPlugConnected },
  { to: '/settings/import', label: 'settings.import', text: 'settings.import.text', icon: IconFileImport },
  { to: '/settings/sending', label: 'settings.sending', text: 'settings.sending.text', icon: IconMailCog },
  { to: '/settings/people', label: 'settings.people', text: 'settings.people.text', icon: IconUsers },
  { to: '/settings/keys', label: 'settings.keys', text: 'settings.keys.text', icon: IconKey },
  { to: '/settings/webhooks', label: 'settings.webhooks', text: 'settings.webhooks.text', icon: IconWebhook },
  { to: '/settings/profile', label: 'settings.profile', text: 'settings.profile.text', icon: IconUser },
];
