-- Which fields of a layer say when its features are: {"instant": "…"} or {"start": "…", "end": "…"}; null: none does.
alter table yutu.layer add column time jsonb;
