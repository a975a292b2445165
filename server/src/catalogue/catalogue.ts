import type { Bus } from '../db/bus.js';
import type { Database } from '../db/database.js';
import { type Calendar, loadCalendar } from './calendar.js';
import type { Action, ExtractionPolicy, SecurityLevel } from './definition.js';
import { type Division, loadDivisions } from './divisions.js';
import { type Layer, loadLayers } from './layers.js';
import { loadOrganisations, type Organisation } from './organisations.js';
import type { SubjectKind } from './subjects.js';

/** What the instance says of itself: a value of `data/<city>/instance.json`, kept in the database. */
export interface InstanceSettings {
  brandZh: string;
  brandEn: string;
  taglineZh: string;
  taglineEn: string;
  cityZh: string;
  cityEn: string;
  home: [number, number, number, number];
  themes: { code: string; titleZh: string; titleEn: string }[];
  matters: { code: string; titleZh: string; titleEn: string }[];
  refusalReasons: { code: string; titleZh: string; titleEn: string }[];
  noticeZh: string;
  noticeEn: string;
  approvalNumber: string | null;
  /** What a grant of a layer may give at most, by the layer's security level. */
  levels: Record<SecurityLevel, LevelCaps>;
  /** From which zoom on tiles count as drawn, and how much one organisation may draw of a layer, by its security level. */
  extraction: { zoom: number; levels: Record<SecurityLevel, ExtractionPolicy | null> };
  /** Who may open and confirm emergencies: `person:<name>`, `role:<role>` or `role:<role>@<organisation>`; a steward for own layers alone. */
  emergency: { duty: string[] };
}

/** Caps of a security level. Null: no cap. */
export interface LevelCaps {
  actions: Action[] | null;
  /** Kinds of subjects a grant may address. */
  subjects: SubjectKind[] | null;
  maxMonths: number | null;
}

/** What everybody may read of them, named one by one: caps of grants and thresholds of the guard are not told to those they are meant for. */
export function publicInstance(settings: InstanceSettings) {
  const { brandZh, brandEn, taglineZh, taglineEn, cityZh, cityEn, home, themes, matters, refusalReasons } = settings;
  const { noticeZh, noticeEn, approvalNumber } = settings;
  return {
    ...{ brandZh, brandEn, taglineZh, taglineEn, cityZh, cityEn, home, themes, matters, refusalReasons },
    ...{ noticeZh, noticeEn, approvalNumber },
  };
}

export const emptyInstance: InstanceSettings = {
  brandZh: '舆图',
  brandEn: 'Yutu',
  taglineZh: '地理空间信息共享',
  taglineEn: 'Sharing a city’s maps',
  cityZh: '',
  cityEn: '',
  home: [-180, -85, 180, 85],
  themes: [],
  matters: [],
  refusalReasons: [],
  noticeZh: '',
  noticeEn: '',
  approvalNumber: null,
  levels: {
    public: { actions: null, subjects: null, maxMonths: null },
    internal: {
      actions: null,
      subjects: ['any_organisation', 'organisation', 'subtree', 'line', 'role', 'person', 'key'],
      maxMonths: 24,
    },
    sensitive: {
      actions: ['view', 'query', 'download', 'api', 'analyse', 'verify'],
      subjects: ['organisation', 'subtree', 'line', 'person', 'key'],
      maxMonths: 12,
    },
  },
  extraction: {
    zoom: 12,
    levels: {
      public: null,
      internal: { rows: null, share: 1, km2: null, days: 30, alarm: 0.8, slow: null, stop: null },
      sensitive: { rows: null, share: 0.8, km2: null, days: 30, alarm: 0.5, slow: 0.9, stop: 1 },
    },
  },
  emergency: { duty: ['role:security', 'role:steward'] },
};

/** The catalogue in memory, reloaded when a message says that it changed. */
export class Catalogue {
  layers = new Map<string, Layer>();
  organisations = new Map<string, Organisation>();
  divisions = new Map<string, Division>();
  calendar: Calendar = new Map();
  instance: InstanceSettings = emptyInstance;
  private asked = 0;
  private taken = 0;

  constructor(
    private readonly db: Database,
    bus: Bus,
  ) {
    bus.subscribe(async (message) => {
      if (message.kind === 'catalogue' || message.kind === 'all') await this.reload();
      if (message.kind === 'layer') await this.reloadLayers();
    });
  }

  async reload(): Promise<void> {
    const { db } = this;
    this.organisations = new Map((await loadOrganisations(db)).map((o) => [o.id, o]));
    this.divisions = new Map((await loadDivisions(db)).map((d) => [d.code, d]));
    this.calendar = await loadCalendar(db);
    const [saved] = await db.query<{ value: InstanceSettings }>(`select value from yutu.setting where key = 'instance'`);
    this.instance = { ...emptyInstance, ...saved?.value };
    await this.reloadLayers();
  }

  private async reloadLayers(): Promise<void> {
    const turn = ++this.asked;
    const layers = await loadLayers(this.db);
    // An answer that was overtaken by a later one would bring back an older version.
    if (turn < this.taken) return;
    this.taken = turn;
    this.layers = new Map(layers.map((l) => [l.id, l]));
  }

  organisation(id: string): Organisation {
    return (
      this.organisations.get(id) ?? { id, kind: 'department', parent: null, titleZh: id, titleEn: id, division: null, line: null }
    );
  }
}
