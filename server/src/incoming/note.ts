/** What somebody who brings data in should know of what became of them. */
export interface Note {
  zh: string;
  en: string;
}
