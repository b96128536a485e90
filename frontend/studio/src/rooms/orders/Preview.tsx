import { IconDeviceDesktop, IconDeviceMobile } from '@tabler/icons-react';
import { useState } from 'react';
import { messageUrl } from '../../data/queries';
import { Choice } from '../../ui/Choice';
import { Dialog } from '../../ui/Dialog';
import { useWords } from '../../words/Words';
import { subjectOf, type Message } from './Messages';
import classes from './Preview.module.css';

type Width = 'phone' | 'desktop';
const WIDTH: Record<Width, number> = { phone: 375, desktop: 680 };

/** The mail as it was sent. The frame has no rights at all: no script, no link out, no pixel. */
export function Preview({ message, onClose }: { message: Message; onClose(): void }) {
  const words = useWords();
  const { t, dateTime } = words;
  const [width, setWidth] = useState<Width>(() => (innerWidth < 760 ? 'phone' : 'desktop'));
  const subject = subjectOf(message, words);
  return (
    <Dialog size="wide" title={subject} subtitle={`${t('message.to', { recipient: message.recipient })} · ${dateTime(message.accepted_at ?? message.at)}`} onClose={onClose}>
      <div className={classes.bar}>
        <Choice<Width>
          quiet
          legend={t('message.width')}
          value={width}
          onChange={setWidth}
          options={[
            { value: 'phone', label: <><IconDeviceMobile size={16} aria-hidden />{t('message.phone')}</> },
            { value: 'desktop', label: <><IconDeviceDesktop size={16} aria-hidden />{t('message.desktop')}</> },
          ]}
        />
      </div>
      <div className={classes.stage} role="region" aria-label={subject} tabIndex={0}>
        <iframe className={classes.frame} style={{ width: WIDTH[width] }} sandbox="" referrerPolicy="no-referrer" src={messageUrl(message.id)} title={subject} />
      </div>
    </Dialog>
  );
}
