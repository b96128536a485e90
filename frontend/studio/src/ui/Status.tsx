import type { Icon } from '@tabler/icons-react';
import {
  IconAlertTriangle, IconArrowBackUp, IconBan, IconBuildingStore, IconCheck, IconCircleDashed, IconClock, IconEye,
  IconHelpCircle, IconHourglass, IconInbox, IconMailCheck, IconMailOff, IconPackage, IconPlayerPause, IconPlayerPlay, IconPrinter, IconSearch, IconTruck,
  IconTruckDelivery, IconWallet,
} from '@tabler/icons-react';
import { useWords } from '../words/Words';
import classes from './Status.module.css';

export type Tone = 'neutral' | 'info' | 'good' | 'warn' | 'bad' | 'brand';
type Look = [Tone, Icon];

const RETURN: Record<string, Look> = {
  requested: ['brand', IconInbox],
  needs_review: ['warn', IconEye],
  approved: ['neutral', IconClock],
  in_transit: ['info', IconTruck],
  arrived: ['info', IconPackage],
  to_inspect: ['warn', IconSearch],
  to_settle: ['warn', IconWallet],
  refunding: ['info', IconHourglass],
  refund_trouble: ['bad', IconAlertTriangle],
  settled: ['good', IconCheck],
  declined: ['bad', IconBan],
  canceled: ['neutral', IconBan],
  expired: ['neutral', IconClock],
};

const DELIVERY: Record<string, Look> = {
  none: ['neutral', IconCircleDashed],
  label_pending: ['neutral', IconPrinter],
  label_ready: ['neutral', IconPrinter],
  label_failed: ['bad', IconAlertTriangle],
  in_transit: ['info', IconTruck],
  out_for_delivery: ['info', IconTruckDelivery],
  available_for_pickup: ['warn', IconBuildingStore],
  attempt_failed: ['warn', IconAlertTriangle],
  exception: ['bad', IconAlertTriangle],
  delayed: ['warn', IconClock],
  delivered: ['good', IconCheck],
  partly_delivered: ['info', IconCheck],
  returning: ['warn', IconArrowBackUp],
  returned: ['warn', IconArrowBackUp],
  cancelled: ['neutral', IconBan],
  expired: ['warn', IconHelpCircle],
};

const ATTEMPT: Record<string, Look> = {
  succeeded: ['good', IconCheck],
  failed: ['bad', IconAlertTriangle],
  canceled: ['neutral', IconBan],
  requires_action: ['warn', IconAlertTriangle],
  unknown: ['warn', IconHelpCircle],
};

const MESSAGE: Record<string, Look> = {
  accepted: ['good', IconMailCheck],
  failed: ['bad', IconMailOff],
  blocked: ['neutral', IconMailOff],
  cancelled: ['neutral', IconMailOff],
  unknown: ['warn', IconHelpCircle],
};

const GOODS: Record<string, Look> = {
  partial: ['warn', IconPackage],
  received: ['info', IconPackage],
  graded: ['good', IconCheck],
  disposed: ['good', IconCheck],
  missing: ['bad', IconAlertTriangle],
  unexpected: ['warn', IconAlertTriangle],
};

const TICKET: Record<string, Look> = { open: ['brand', IconInbox], waiting: ['info', IconHourglass], closed: ['good', IconCheck] };
const FLOW: Record<string, Look> = { live: ['good', IconPlayerPlay], paused: ['warn', IconPlayerPause] };
const CONSENT: Record<string, Look> = { granted: ['good', IconCheck], withdrawn: ['neutral', IconBan] };
const STOCK: Record<string, Look> = { in: ['good', IconCheck], low: ['warn', IconAlertTriangle], some: ['warn', IconAlertTriangle], out: ['bad', IconBan] };

const KINDS = {
  status: [RETURN, ['neutral', IconCircleDashed]],
  delivery: [DELIVERY, ['neutral', IconCircleDashed]],
  attempt: [ATTEMPT, ['info', IconHourglass]],
  mstate: [MESSAGE, ['neutral', IconClock]],
  tstate: [TICKET, ['neutral', IconCircleDashed]],
  fstate: [FLOW, ['neutral', IconCircleDashed]],
  consent: [CONSENT, ['neutral', IconCircleDashed]],
  stock: [STOCK, ['neutral', IconCircleDashed]],
  goods: [GOODS, ['neutral', IconClock]],
} as const satisfies Record<string, readonly [Record<string, Look>, Look]>;

interface Props {
  kind: keyof typeof KINDS;
  value: string;
}

/** A state of anything: colour, icon and word together, so that none of them has to be enough alone. */
export function Status({ kind, value }: Props) {
  const { word } = useWords();
  const [looks, fallback] = KINDS[kind];
  const [tone, Icon] = (looks as Record<string, Look>)[value] ?? (fallback as Look);
  return (
    <span className={classes.status} data-tone={tone}>
      <Icon size={14} stroke={2.2} aria-hidden />
      {word(kind, value)}
    </span>
  );
}
