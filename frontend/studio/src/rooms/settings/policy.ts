/** The numbers of a return policy that the settings edit; whatever else a policy holds stays as it is. */
export interface Basics {
  days: number;
  from: 'delivery' | 'fulfilment' | 'order';
  label: boolean;
  qr: boolean;
  resolutions: string[];
  /** Minor units; null: no fee. */
  fee: number | null;
  bonus: number | null;
  auto: boolean;
  shipping: 'never' | 'full_return' | 'always';
  trigger: string;
  /** There are such rules with conditions besides; not edited here, but the sentences must not deny them. */
  more: { fees: boolean; auto: boolean };
}

export type Policy = Record<string, unknown>;

interface Rule {
  when?: Record<string, unknown>;
  [key: string]: unknown;
}

const list = (policy: Policy, name: string): Rule[] => (Array.isArray(policy[name]) ? (policy[name] as Rule[]) : []);
const plain = (rule: Rule): boolean => Object.keys(rule.when ?? {}).length === 0;
const isFee = (rule: Rule): boolean => rule.kind === 'return_shipping' && plain(rule) && rule.once_per !== 'line' && typeof rule.amount === 'number';
const isBonus = (rule: Rule): boolean => rule.resolution === 'store_credit' && rule.percent !== null && rule.percent !== undefined;
const isWindow = (rule: Rule): boolean => plain(rule) && (rule.resolution ?? null) === null;

export function basicsOf(policy: Policy): Basics {
  const window = list(policy, 'windows').find(isWindow) ?? {};
  const methods = (policy.methods ?? []) as string[];
  const shipping = (policy.shipping ?? {}) as { refund?: Basics['shipping'] };
  const fee = list(policy, 'fees').find(isFee);
  const bonus = list(policy, 'bonus').find(isBonus);
  return {
    days: Number(window.days ?? 30),
    from: (window.from as Basics['from'] | undefined) ?? 'delivery',
    label: methods.includes('label'),
    qr: methods.includes('qr'),
    resolutions: (policy.resolutions ?? []) as string[],
    fee: fee ? Number(fee.amount) : null,
    bonus: bonus ? Number(bonus.percent) : null,
    auto: list(policy, 'auto_approve').some(plain),
    shipping: shipping.refund ?? 'never',
    trigger: String(policy.refund_trigger ?? 'inspected'),
    more: { fees: list(policy, 'fees').some((rule) => !isFee(rule)), auto: list(policy, 'auto_approve').some((rule) => !plain(rule)) },
  };
}

/** The policy with other basics. Rules with conditions of their own are carried over untouched. */
export function withBasics(policy: Policy, basics: Basics): Policy {
  const old = list(policy, 'windows').find(isWindow);
  const window = { ...(old ?? { when: {}, resolution: null }), days: basics.days, from: basics.from };
  const fees = list(policy, 'fees').filter((rule) => !isFee(rule));
  const bonuses = list(policy, 'bonus').filter((rule) => !isBonus(rule));
  const auto = list(policy, 'auto_approve').filter((rule) => !plain(rule));
  const kept = ((policy.methods ?? []) as string[]).filter((method) => method !== 'label' && method !== 'qr');
  return {
    ...policy,
    windows: old ? list(policy, 'windows').map((rule) => (rule === old ? window : rule)) : [...list(policy, 'windows'), window],
    fees: basics.fee === null ? fees : [...fees, { kind: 'return_shipping', amount: basics.fee, percent: null, when: {}, once_per: 'case' }],
    bonus: basics.bonus === null ? bonuses : [...bonuses, { resolution: 'store_credit', percent: String(basics.bonus), amount: null }],
    auto_approve: basics.auto ? [{ when: {} }, ...auto] : auto,
    methods: [...(basics.label ? ['label'] : []), ...(basics.qr ? ['qr'] : []), ...kept],
    resolutions: basics.resolutions,
    shipping: { ...(policy.shipping as object | undefined), refund: basics.shipping },
    refund_trigger: basics.trigger,
  };
}

/** How many rules have conditions that this page does not show. */
export function special(policy: Policy): number {
  return ['windows', 'eligibility', 'fees', 'auto_approve'].reduce((sum, name) => sum + list(policy, name).filter((rule) => !plain(rule)).length, 0);
}
