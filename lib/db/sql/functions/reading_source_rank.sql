-- Of two readings of the same moment: the device's own answer, then what a person saw, then a file.
-- The same as sourceRanks of lib/domain/reading-order; lib/db/readings.test.ts holds the two together.
create or replace function reading_source_rank(source text) returns int immutable parallel safe language sql
return case source when 'imported' then 1 when 'typed' then 2 else 3 end;
