-- Of two readings of the same moment: the device's own answer, then what it printed over USB, then what a
-- person saw, then a file.
-- sourceRanks of lib/domain/reading/reading-order.
create or replace function reading_source_rank(source text) returns int immutable parallel safe language sql
return {{source_ranks}};
