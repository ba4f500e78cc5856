-- The primary outcome of a protocol: `primaryOutcomeOf` of lib/domain/trial/protocol.
create or replace function primary_outcome(plan jsonb) returns text immutable language sql as $$
  select case when exists (
    select from jsonb_array_elements(case jsonb_typeof(plan -> 'slots') when 'array' then plan -> 'slots' else '[]' end) s
    where s ->> 'installAction' <> 'DownloadOnly'
  ) then 'installed' else 'downloaded' end
$$;
