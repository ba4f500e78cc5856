-- Whether a contradiction stands: one that the whole trial showed is withdrawn when an observation it rested on was corrected.
create or replace function stands(contradiction bigint) returns boolean stable parallel safe language sql as $$
  select coalesce((select s.stands from contradiction_standings s where s.contradiction_id = contradiction order by s.id desc limit 1), true)
$$;
