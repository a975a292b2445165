import type { Operation } from './operation.js';

/** What a parameter of the query is for, with a value as an example. */
interface Told<T> {
  about: string;
  example?: T;
  required?: true;
}

/** As it was written; `date`: a day that there is. Lengths are told, and left to the handler to hold. */
export interface Text extends Told<string> {
  is: 'text';
  format?: 'date';
  minLength?: number;
  maxLength?: number;
}

/** One of some words; `otherwise` when there is none. That which is called `f` names the format of the answer. */
export interface Word<W extends string = string> extends Told<W> {
  is: 'word';
  words: readonly W[];
  otherwise?: W;
}

/** A whole number within bounds. `otherwise`: when there is none; `lowered`: what is above the maximum counts as the maximum. */
export interface Whole extends Told<number> {
  is: 'whole';
  minimum: number;
  maximum?: number;
  otherwise?: number;
  lowered?: true;
}

export type QueryParam = Text | Word | Whole;

type More<P extends QueryParam> = Omit<P, 'is' | 'about'>;
export const text = <const M extends More<Text>>(about: string, more?: M) => ({ is: 'text', about, ...more }) as const;
export const word = <const W extends string, const M extends Pick<Word<W>, 'example' | 'otherwise'>>(
  about: string,
  words: readonly W[],
  more?: M,
) => ({ is: 'word', about, words, ...more }) as const;
export const whole = <const M extends More<Whole>>(about: string, more: M) => ({ is: 'whole', about, ...more }) as const;

type Read<P extends QueryParam> =
  | (P extends Word<infer W> ? W : P extends Whole ? number : string)
  | (P extends { otherwise: string | number } ? never : undefined);

/** The query as a handler gets it. */
export type QueryOf<O extends Operation> = {
  [Name in keyof NonNullable<O['query']>]: NonNullable<O['query']>[Name] extends QueryParam
    ? Read<NonNullable<O['query']>[Name]>
    : never;
};

/** The query as a client sends it; what is null or undefined is left out. */
export type SentQuery<O extends Operation> = {
  [Name in keyof NonNullable<O['query']>]?:
    | (NonNullable<O['query']>[Name] extends Word<infer W> ? W : NonNullable<O['query']>[Name] extends Whole ? number : string)
    | null;
};
