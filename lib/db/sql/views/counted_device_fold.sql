-- What counted_devices holds, from the record alone: each device that is not retired, and what it counts as.
create view counted_device_fold as
select
  d.id as device_id,
  d.simulated,
  d.platform,
  coalesce(os.value #>> '{}', '') as version,
  coalesce({{is_unused_os}}, false) as unused,
  exists (select from trials t where t.device_id = d.id and t.state in {{live_trial_states}}) as in_trial,
  d.hold_reason is not null as held,
  coalesce(v.overall = 'qualified', false) as qualified
from devices d
left join current_readings os on os.device_id = d.id and os.field = 'osVersion'
left join current_readings build on build.device_id = d.id and build.field = 'osBuild'
left join current_readings extra on extra.device_id = d.id and extra.field = 'osSupplementalBuild'
left join device_verdicts v on v.device_id = d.id
where d.retired_at is null;
