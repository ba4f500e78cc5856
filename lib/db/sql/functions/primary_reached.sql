-- Whether an outcome is in the numerator of a primary outcome: `hasReached` of lib/domain/trial/primary-outcome.
create or replace function primary_reached(primary_outcome text, outcome text) returns boolean immutable language sql as $$
  select outcome = any ({{numerator_of_primary}})
$$;
