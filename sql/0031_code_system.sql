-- The classification that a field's codes are of: 05 is one thing in GB/T 21010 and another in the classification of land and sea use.
alter table yutu.field add column code_system text;
