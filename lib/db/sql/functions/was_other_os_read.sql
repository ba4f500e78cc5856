-- Whether the device of a trial was seen on another OS since its first command left. An imported file is no sighting of the device,
-- nor is one that was corrected; one that a correction named after the end has no reading.
-- 26.3 and 26.3.0 are one version, and one without its supplement is not another than 26.3.1 (a): isOtherOs of
-- lib/domain/device/os-identity, reading by reading.
create or replace function was_other_os_read(trial trials) returns boolean language sql stable as $$
  select exists (
    select from readings r where r.device_id = trial.device_id and r.answered_at >= trial.sent_at
      and r.source <> 'imported' and r.value is not null and not is_os_claim(r.by_name, r.by_id, r.command_uuid, r.source)
      and (r.source <> 'typed' or not is_struck(trial.id, r.field, r.value #>> '{}', r.answered_at))
      and case r.field
        when 'osBuild' then r.value #>> '{}' <> trial.start_build
        when 'osSupplementalBuild' then r.value #>> '{}' <> trial.starting_state #>> '{osSupplementalBuild,value}'
        when 'osVersionExtra' then r.value #>> '{}' <> coalesce(substring(trial.start_os from '\([a-z]\)$'),
          case when trial.starting_state #>> '{osSupplementalBuild,value}' = trial.start_build then '' end)
        when 'osVersion' then plain_version(r.value #>> '{}') <> plain_version(trial.start_os)
        else false end
  ) or exists (
    select from observations o where o.trial_id = trial.id and o.kind = 'newOsSeen' and o.observed_at >= trial.sent_at
      and not exists (select from observations c where c.corrects_id = o.id)
      and (plain_version(o.data ->> 'osVersion') <> plain_version(trial.start_os) or o.data ->> 'osBuild' <> trial.start_build)
  )
$$;
