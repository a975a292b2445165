import './theme/tokens.css';
import './theme/base.css';
import './theme/controls.css';
import './app/shell.css';
import './session/session.css';
import { createRoot } from 'react-dom/client';
import { App } from './app/App';
import { startTexts } from './i18n';
import { loadFonts } from './theme/faces';

const words = startTexts({
  zh: async () => (await import('./app/first.zh')).default,
  en: async () => (await import('./app/first.en')).default,
});
await words;
createRoot(document.getElementById('root')!).render(<App />);
void loadFonts();
