import { keyInput, plainOf } from '@yutu/contract';
import { expect, it } from 'vitest';
import { organisationDefinition } from '../catalogue/organisations.js';
import { accountDefinition } from '../identity/accounts.js';

const bad = ['a\r\nBcc: b', 'a\nb', 'a\u202eb', 'a\u2066b', 'a\u200fb', 'a\u2028b', 'a\u0085b', '\ud800'];
const good = ['王芳', 'Wang Fang', 'مكتب', 'ཁང', '族👨‍👩‍👧', 'क्‍ष', "O'Neill-陈·李"];
const holders = {
  person: (nameZh: string) =>
    accountDefinition.safeParse({ username: 'li', nameZh, nameEn: nameZh, organisation: 'survey', roles: ['planner'] }),
  organisation: (titleZh: string) =>
    organisationDefinition.safeParse({ id: 'survey', kind: 'authority', titleZh, titleEn: titleZh }),
  key: (name: string) => keyInput.safeParse({ name }),
};

it.each(Object.entries(holders))(
  'the name of a %s breaks no line and turns no text; every script can write one',
  (_who, parse) => {
    for (const name of bad) expect([name, parse(name).success]).toEqual([name, false]);
    for (const name of good) expect([name, parse(name).success]).toEqual([name, true]);
  },
);

it('what cannot stand in a name is left out of it', () => {
  for (const name of bad) expect(parse(plainOf(name))).toBe(true);
  for (const name of good) expect(plainOf(name)).toBe(name);
});

const parse = (name: string) => name === '' || holders.key(name).success;
