import { localStorageColorSchemeManager, MantineProvider } from '@mantine/core';
import { QueryClientProvider, useQuery } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { useEffect, useMemo } from 'react';
import { cache } from './data/cache';
import { sessionQuery } from './data/queries';
import { router } from './router';
import { FALLBACK_BRAND } from './theme/palette';
import { resolver, themeFor } from './theme/theme';
import { ToastProvider } from './ui/Toasts';
import { useWords, WordsProvider, type Language } from './words/Words';
import type { Catalogue } from './words/messages';

const schemes = localStorageColorSchemeManager({ key: 'comeback-scheme' });

export function Root({ start }: { start: { language: Language; catalogue: Catalogue } }) {
  return (
    <QueryClientProvider client={cache}>
      <WordsProvider start={start}>
        <Branded />
      </WordsProvider>
    </QueryClientProvider>
  );
}

/** Takes the shop's colour and time zone from the session, once there is one. */
function Branded() {
  const { data: session } = useQuery({ ...sessionQuery, enabled: false });
  const { setTimeZone } = useWords();
  const brand = session?.shop.brand.primary ?? FALLBACK_BRAND;
  const theme = useMemo(() => themeFor(brand), [brand]);
  const timezone = session?.shop.timezone;
  useEffect(() => {
    if (timezone) setTimeZone(timezone);
  }, [timezone, setTimeZone]);
  return (
    <MantineProvider theme={theme} cssVariablesResolver={resolver} colorSchemeManager={schemes} defaultColorScheme="auto">
      <ToastProvider>
        <RouterProvider router={router} />
      </ToastProvider>
    </MantineProvider>
  );
}
