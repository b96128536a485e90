import { Button } from '@mantine/core';
import { Copy } from '../../ui/Copy';
import { Dialog } from '../../ui/Dialog';
import { Notice } from '../../ui/Notice';
import { useWords } from '../../words/Words';
import settings from '../settings/Settings.module.css';

/** A signing secret, shown once. */
export function Secret({ secret, onClose }: { secret: string; onClose(): void }) {
  const { t } = useWords();
  return (
    <Dialog title={t('hooks.made')} onClose={onClose}>
      <div className={settings.dialog}>
        <Notice tone="warn">{t('hooks.once')}</Notice>
        <div className={settings.secret}>
          <code>{secret}</code>
          <Copy text={secret} label={t('hooks.copy')} />
        </div>
        <p className={settings.hint}>{t('hooks.secret.text')}</p>
        <div className={settings.buttons}><Button onClick={onClose}>{t('hooks.have')}</Button></div>
      </div>
    </Dialog>
  );
}
