-- Whether a typed reading comes from sightings of the new OS that were all corrected: it stays as it was typed, and shows nothing of
-- the trial. A correction that says the same of the same time keeps it.
create or replace function is_struck(trial uuid, field text, value text, at timestamptz) returns boolean
  stable parallel safe language sql as $$
  select coalesce(bool_and(exists (select from observations c where c.corrects_id = o.id)), false)
  from observations o
  where o.trial_id = trial and o.kind = 'newOsSeen' and o.observed_at = at
    and case field
      when 'osVersion' then plain_version(o.data ->> 'osVersion') = plain_version(value)
      when 'osVersionExtra' then substring(o.data ->> 'osVersion' from '\([a-z]\)$') = value
      when 'osBuild' then o.data ->> 'osBuild' = value
      else false end
$$;
