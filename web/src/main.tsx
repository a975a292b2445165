import './theme/tokens.css';
import './theme/base.css';
import './theme/controls.css';
import './app/shell.css';
import './session/session.css';
import { createRoot } from 'react-dom/client';
import { App } from './app/App';
import { loadFonts } from './theme/faces';

void loadFonts();
createRoot(document.getElementById('root')!).render(<App />);
