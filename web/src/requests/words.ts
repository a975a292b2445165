import { registerTexts } from '../i18n';
import { en } from './words.en';
import { zh } from './words.zh';

registerTexts('requests', zh, en);
