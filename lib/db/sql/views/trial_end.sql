-- The OS a device was last seen on between the first command of a trial and its end: `changed`, `unchanged`, or `notSeen`
-- where it was not read since. Null where nothing was sent. A reading of an imported file is no sighting, nor one that was corrected, nor
-- what a status report claims.
create view trial_end as
select
  t.id as trial,
  case when not t.consumed then null
    when last.at is null then case when t.end_seen_at is null then 'notSeen' else 'changed' end
    -- Where the sighting was corrected after the end, no reading shows what was seen.
    when last.at < t.end_seen_at or last.other then 'changed' else 'unchanged' end as state,
  case when not t.consumed or last.at is null or last.at < t.end_seen_at then t.end_os
    when last.other then coalesce(t.end_os, last.os)
    when last.at is not null then t.start_os end as os,
  case when not t.consumed or last.at is null or last.at < t.end_seen_at then t.end_build
    when last.other then case when t.end_os is null then last.build else t.end_build end
    when last.at is not null then t.start_build end as build,
  case when not t.consumed or last.at is null or last.at < t.end_seen_at then t.end_supplemental_build
    when last.other then case when t.end_os is null then last.supplement else t.end_supplemental_build end
    when last.at is not null then t.starting_state #>> '{osSupplementalBuild,value}' end as supplemental_build,
  case when last.at < t.end_seen_at then t.end_seen_at else last.at end as last_seen_at
from trials t
left join lateral (
  select r.answered_at as at, r.value #>> '{}' as value from readings r
  where t.consumed and r.device_id = t.device_id and r.field = 'osVersion' and r.value is not null and r.source <> 'imported'
    and not is_os_claim(r.by_name, r.by_id, r.command_uuid, r.source) and r.answered_at >= t.sent_at and r.answered_at <= coalesce(t.concluded_at, 'infinity')
    and (r.source <> 'typed' or not is_struck(t.id, r.field, r.value #>> '{}', r.answered_at))
  order by r.answered_at desc, r.id desc limit 1
) version on true
left join lateral (
  select r.answered_at as at, r.value #>> '{}' as value from readings r
  where t.consumed and r.device_id = t.device_id and r.field = 'osBuild' and r.value is not null and r.source <> 'imported'
    and not is_os_claim(r.by_name, r.by_id, r.command_uuid, r.source) and r.answered_at >= t.sent_at and r.answered_at <= coalesce(t.concluded_at, 'infinity')
    and (r.source <> 'typed' or not is_struck(t.id, r.field, r.value #>> '{}', r.answered_at))
  order by r.answered_at desc, r.id desc limit 1
) build on true
-- A Background Security Improvement changes this build alone.
left join lateral (
  select r.answered_at as at, r.value #>> '{}' as value from readings r
  where t.consumed and r.device_id = t.device_id and r.field = 'osSupplementalBuild' and r.value is not null and r.source <> 'imported'
    and not is_os_claim(r.by_name, r.by_id, r.command_uuid, r.source) and r.answered_at >= t.sent_at and r.answered_at <= coalesce(t.concluded_at, 'infinity')
  order by r.answered_at desc, r.id desc limit 1
) supplement on true
cross join lateral (
  select greatest(version.at, build.at) as at,
    case when version.at >= coalesce(build.at, version.at) then version.value end as os,
    case when build.at >= coalesce(version.at, build.at) then build.value end as build,
    case when supplement.at >= greatest(version.at, build.at) then supplement.value end as supplement,
    case when build.at >= coalesce(version.at, build.at) then build.value <> t.start_build or coalesce(
        supplement.at >= build.at and supplement.value <> t.starting_state #>> '{osSupplementalBuild,value}', false)
      else regexp_replace(version.value, '(\.0)+$', '')
        <> regexp_replace(regexp_replace(t.start_os, ' \([a-z]\)$', ''), '(\.0)+$', '') end as other
) last;
