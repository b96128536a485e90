import '@mantine/core/styles/baseline.css';
import '@mantine/core/styles/default-css-variables.css';
import '@mantine/core/styles/global.css';
import './theme/mantine.css';
import './theme/global.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { flushDeferred } from './data/deferred';
import { Root } from './Root';
import { shellWords, startLanguage } from './words/Words';

window.addEventListener('pagehide', flushDeferred);

const language = startLanguage();
document.documentElement.lang = language;
const catalogue = await shellWords(language);
const root = document.getElementById('root');
if (root) {
  createRoot(root).render(
    <StrictMode>
      <Root start={{ language, catalogue }} />
    </StrictMode>,
  );
}
