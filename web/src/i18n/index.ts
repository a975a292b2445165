import i18next from 'i18next';
import { useCallback } from 'react';
import { initReactI18next, useTranslation } from 'react-i18next';
import { setApiLanguage } from '../api/client';

export type Lang = 'zh' | 'en';
const TAGS: Record<Lang, string> = { zh: 'zh-CN', en: 'en' };
const STORE = 'yutu.lang';

const i18n = i18next.createInstance();

/** The link's language, then the reader's last choice, then Chinese. */
function firstLanguage(): Lang {
  const asked = new URLSearchParams(location.search).get('lang') ?? localStorage.getItem(STORE);
  return asked === 'en' ? 'en' : 'zh';
}

function apply(lang: Lang) {
  document.documentElement.lang = TAGS[lang];
  setApiLanguage(TAGS[lang]);
}

void i18n.use(initReactI18next).init({
  lng: firstLanguage(),
  fallbackLng: 'zh',
  ns: ['app'],
  defaultNS: 'app',
  resources: {},
  interpolation: { escapeValue: false },
  initAsync: false,
});
apply(i18n.language as Lang);

/** Each folder of a screen registers its own words when its code is loaded: `registerTexts('inbox', zh, en)`. */
export function registerTexts(namespace: string, zh: object, en: object) {
  i18n.addResourceBundle('zh', namespace, zh, true, true);
  i18n.addResourceBundle('en', namespace, en, true, true);
}

type Words = Record<string, object>;
let first: Record<Lang, () => Promise<Words>>;

/** The words of what everybody sees come in the reader's language only. */
export async function startTexts(load: Record<Lang, () => Promise<Words>>) {
  first = load;
  await loadFirst(i18n.language as Lang);
}

async function loadFirst(lang: Lang) {
  if (i18n.hasResourceBundle(lang, 'app')) return;
  for (const [namespace, words] of Object.entries(await first[lang]()))
    i18n.addResourceBundle(lang, namespace, words, true, true);
}

export async function setLanguage(lang: Lang) {
  await loadFirst(lang);
  localStorage.setItem(STORE, lang);
  apply(lang);
  await i18n.changeLanguage(lang);
}

/** The reader's language; renders again when it changes. */
export function useLang(): Lang {
  return useTranslation().i18n.language as Lang;
}

type Named<P extends string> = { [K in `${P}Zh` | `${P}En`]: string | null };

/** Picks one of a pair such as `titleZh`, `titleEn` in the reader's language: `pick(layer.yutu, 'title')`. Falls back to the other. */
export function usePick() {
  const lang = useLang();
  return useCallback(<P extends string>(thing: Named<P>, name: P): string => pickText(lang, thing, name), [lang]);
}

export function pickText<P extends string>(lang: Lang, thing: Named<P>, name: P): string {
  const pair = thing as Record<string, string | null>;
  const [first, second] = lang === 'en' ? ['En', 'Zh'] : ['Zh', 'En'];
  return pair[name + first] || pair[name + second] || '';
}

export { useTranslation };
export default i18n;
