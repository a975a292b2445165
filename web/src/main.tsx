import '@mantine/core/styles.layer.css';
import './theme/tokens.css';
import './theme/base.css';
import './app/shell.css';
import { createRoot } from 'react-dom/client';
import { App } from './app/App';
import { registerFonts } from './theme/fonts';

registerFonts();
createRoot(document.getElementById('root')!).render(<App />);
