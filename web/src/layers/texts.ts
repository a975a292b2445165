import { registerTexts } from '../i18n';
import en from './en';
import zh from './zh';

registerTexts('layers', zh, en);
