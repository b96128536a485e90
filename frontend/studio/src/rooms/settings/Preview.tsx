import { useDebouncedValue, useElementSize } from '@mantine/hooks';
import { api, body } from '@comeback/api';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { IconDeviceDesktop, IconDeviceMobile, IconMoon, IconSun } from '@tabler/icons-react';
import { useState } from 'react';
import { sentence } from '../../data/problem';
import { Choice } from '../../ui/Choice';
import { useWords } from '../../words/Words';
import type { Brand } from './BrandPage';
import classes from './Settings.module.css';

const SIZES = { phone: [390, 780], desktop: [1120, 860] } as const;
type Size = keyof typeof SIZES;
const COLOUR = /^#[0-9a-f]{6}$/i;

/** The real tracking page, made by the server with what is not saved yet. The frame runs no script and goes nowhere. */
export function Preview({ brand, name }: { brand: Brand; name: string }) {
  const { t } = useWords();
  const [size, setSize] = useState<Size>('phone');
  const [scheme, setScheme] = useState<'light' | 'dark'>('light');
  const { ref, width } = useElementSize();
  const good = COLOUR.test(brand.primary ?? '') ? brand : { ...brand, primary: '#566161' };
  const [wanted] = useDebouncedValue(JSON.stringify({ brand: { ...good, primary_dark: good.primary }, name: name.trim() || null, scheme }), 250);
  const { data, error } = useQuery({
    queryKey: ['preview', wanted],
    queryFn: () => body(api.POST('/api/studio/preview/tracking', { body: JSON.parse(wanted), parseAs: 'text' })),
    placeholderData: keepPreviousData,
    staleTime: 60_000,
    retry: false,
  });
  const [wide, high] = SIZES[size];
  const scale = Math.min(1, width > 0 ? width / wide : 1);
  return (
    <section className={`card ${classes.preview}`} aria-labelledby="preview-title">
      <div className={classes.previewHead}>
        <h2 id="preview-title">{t('brand.preview')}</h2>
        <Choice quiet legend={t('brand.width')} value={size} onChange={(value: Size) => setSize(value)} options={[{ value: 'phone', label: <><IconDeviceMobile size={16} aria-hidden />{t('brand.phone')}</> }, { value: 'desktop', label: <><IconDeviceDesktop size={16} aria-hidden />{t('brand.desktop')}</> }]} />
        <Choice quiet legend={t('menu.scheme')} value={scheme} onChange={(value: 'light' | 'dark') => setScheme(value)} options={[{ value: 'light', label: <><IconSun size={16} aria-hidden />{t('menu.light')}</> }, { value: 'dark', label: <><IconMoon size={16} aria-hidden />{t('menu.dark')}</> }]} />
      </div>
      <div className={classes.stage}>
        {error && <p role="alert" className={classes.error}>{sentence(error, t)}</p>}
        <div ref={ref} style={{ width: size === 'phone' ? 'min(390px, 100%)' : '100%', margin: '0 auto' }}>
          <div className={classes.screen} style={{ width: wide * scale, height: high * scale }}>
            {data && <iframe title={t('brand.preview')} sandbox="" srcDoc={data} width={wide} height={high} style={{ transform: `scale(${scale})` }} />}
          </div>
        </div>
      </div>
    </section>
  );
}
