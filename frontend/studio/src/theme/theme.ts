import { createTheme, type CSSVariablesResolver, type MantineColorsTuple, type MantineThemeOverride } from '@mantine/core';
import { shades } from './palette';

const neutral: MantineColorsTuple = ['#f7f8f8', '#f0f2f2', '#e4e7e7', '#d3d8d8', '#b3baba', '#8a9393', '#667070', '#4a5454', '#2f3838', '#171e1e'];
const dark: MantineColorsTuple = ['#e8ecec', '#c3caca', '#9aa4a4', '#7b8686', '#465050', '#333c3c', '#262e2e', '#1c2323', '#151b1b', '#0e1313'];

/** The studio's look for one brand colour; the radius stays within 10–14 px whatever the shop's own pages use. */
export function themeFor(brand: string): MantineThemeOverride {
  return createTheme({
    colors: { brand: [...shades(brand)], gray: neutral, dark },
    primaryColor: 'brand',
    primaryShade: { light: 6, dark: 6 },
    fontFamily: 'Inter, system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif',
    headings: { fontFamily: 'inherit', fontWeight: '650' },
    defaultRadius: 'md',
    radius: { xs: '6px', sm: '8px', md: '10px', lg: '14px', xl: '20px' },
    spacing: { xs: '8px', sm: '12px', md: '16px', lg: '24px', xl: '32px' },
    cursorType: 'pointer',
    respectReducedMotion: true,
  });
}

/** Our own names for surfaces and ink, so that components never ask which scheme is on. */
export const resolver: CSSVariablesResolver = (theme) => {
  const brand = theme.colors.brand!;
  return {
    variables: {},
    light: {
      '--page': '#f5f6f6', '--card': '#ffffff', '--sunken': '#f0f2f2', '--line': '#e1e5e5', '--line-strong': '#c9d0d0',
      '--ink': '#151c1c', '--muted': '#566161', '--brand': brand[6], '--brand-soft': brand[1], '--brand-ink': brand[7],
      '--mantine-color-dimmed': '#566161', '--mantine-color-default-border': '#c9d0d0', '--mantine-color-error': '#a3271d', '--mantine-color-placeholder': '#687373', '--mantine-color-anchor': brand[7],
    },
    dark: {
      '--page': '#0e1313', '--card': '#161c1c', '--sunken': '#1d2424', '--line': '#2a3232', '--line-strong': '#465050',
      '--ink': '#e8ecec', '--muted': '#a2acac', '--brand': brand[4], '--brand-soft': `color-mix(in srgb, ${brand[5]} 20%, #161c1c)`, '--brand-ink': brand[3],
      '--mantine-color-brand-light': `color-mix(in srgb, ${brand[5]} 20%, #161c1c)`, '--mantine-color-brand-light-hover': `color-mix(in srgb, ${brand[5]} 28%, #161c1c)`, '--mantine-color-brand-light-color': brand[3],
      '--mantine-color-body': '#0e1313', '--mantine-color-dimmed': '#a2acac', '--mantine-color-default-border': '#465050', '--mantine-color-error': '#f7b0a9', '--mantine-color-default': '#1d2424', '--mantine-color-placeholder': '#8b9696', '--mantine-color-anchor': brand[3],
    },
  };
};
