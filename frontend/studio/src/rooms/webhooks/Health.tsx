import { IconAlertTriangle, IconBan, IconCheck, IconCircleDashed, IconPlayerPause, IconZzz } from '@tabler/icons-react';
import { Tag } from '../../ui/Tag';
import { useWords } from '../../words/Words';
import type { Endpoint } from './queries';

/** One word for how a receiver does. */
export function Health({ hook }: { hook: Endpoint }) {
  const { t } = useWords();
  if (hook.state === 'off') return <Tag tone="neutral" icon={IconPlayerPause}>{t('hooks.off')}</Tag>;
  if (hook.state === 'disabled') return <Tag tone="bad" icon={IconBan}>{t('hooks.disabled')}</Tag>;
  if (hook.open_until && Date.parse(hook.open_until) > Date.now()) return <Tag tone="warn" icon={IconZzz}>{t('hooks.resting')}</Tag>;
  if (hook.failures > 0) return <Tag tone="warn" icon={IconAlertTriangle}>{t('hooks.failing')}</Tag>;
  if (hook.delivered === 0) return <Tag tone="neutral" icon={IconCircleDashed}>{t('hooks.new')}</Tag>;
  return <Tag tone="good" icon={IconCheck}>{t('hooks.live')}</Tag>;
}
