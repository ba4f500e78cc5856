-- The primary outcome of a plan: `primaryOutcomeOf` of lib/domain/trial/primary-outcome. A plan from before it was chosen is
-- counted by what its commands suggest.
create or replace function primary_outcome(plan jsonb) returns text immutable parallel safe language sql as $$
  select coalesce(plan ->> 'primaryOutcome', case when exists (
    select from jsonb_array_elements(case jsonb_typeof(plan -> 'slots') when 'array' then plan -> 'slots' else '[]' end) s
    where s ->> 'installAction' is distinct from 'DownloadOnly'
  ) then 'installed' else 'downloaded' end)
$$;
