-- What each concluded trial says about each claim that its protocol named. For a claim about a documented key the replies
-- of the starting version decide: one that differs there contradicts it, one that was compared and does not differ supports
-- it; where Apple's own texts disagree about it, or nothing was compared, it was not observed. For any other claim the newest
-- decision of a lead counts, unless the trial was concluded anew or an observation was corrected after it.
create view claim_results as
select t.id as trial_id, t.number as trial_number, t.simulated, plain_version(t.start_os) as start_os,
  c.id as claim_id, v.id as claim_version_id, c.number as claim, v.version, v."check" as compared_by,
  (d.platform = 'tvOS') = (v.family = 'tvOS')
    and coalesce(version_rank(plain_version(t.start_os)) >= version_rank(v.from_version), false)
    and coalesce(version_rank(plain_version(t.start_os)) <= version_rank(v.to_version), v.to_version is null) as in_range,
  {{plan_mechanism}} as mechanism, v.mechanism as about_mechanism,
  -- By both at once a trial shows nothing of either: an active declaration makes a device ignore the command.
  coalesce(v.mechanism = {{plan_mechanism}}, true) as by_its_mechanism,
  exists (select from trials earlier where earlier.device_id = t.device_id and earlier.consumed
    and earlier.sent_at < t.sent_at and plain_version(earlier.start_os) = plain_version(t.start_os)) as retreated,
  case when v."check" = 'screen' then decided.finding
    when reply.differs then 'contradicts'
    when reply.compared and not reply.disputed then 'supports'
    else 'notObserved' end as finding,
  decided.reason, decided.by_name, decided.at
from trials t
join devices d on d.id = t.device_id
join protocol_versions on protocol_versions.id = t.protocol_version_id
cross join lateral jsonb_array_elements(protocol_versions.plan -> 'claims') as named(ref)
join claims c on c.number = (named.ref ->> 'claim')::int
join claim_versions v on v.claim_id = c.id and v.version = (named.ref ->> 'version')::int
left join lateral (
  select f.finding, f.reason, f.by_name, f.at from claim_decisions f
  where f.trial_id = t.id and f.claim_version_id = v.id and v."check" = 'screen' and f.at >= t.concluded_at
    and not exists (select from observations o where o.trial_id = t.id and o.corrects_id is not null and o.recorded_at > f.at)
  order by f.id desc limit 1
) decided on true
cross join lateral (
  select
    exists (select from contradictions x where x.trial_id = t.id and x.request_type = v.request_type and x.path = v.path
      and x.kind in {{device_contradictions}} and plain_version(x.os_version) = plain_version(t.start_os)) as differs,
    exists (select from contradictions x where x.trial_id = t.id and x.request_type = v.request_type and x.path = v.path
      and x.kind not in {{device_contradictions}} and plain_version(x.os_version) = plain_version(t.start_os)) as disputed,
    exists (select from reply_checks k where k.trial_id = t.id and k.request_type = v.request_type
      and v.path = any (k.judged) and plain_version(k.os_version) = plain_version(t.start_os)) as compared
) reply
where t.state = 'concluded' and t.start_os is not null;
