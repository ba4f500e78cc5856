-- Makes trial_outcomes right for one device: what a trial counts as may depend on the device, its readings and its other trials.
-- The lock on the device lets one such change at a time through, and the next one sees it; readings take the same lock.
create or replace function keep_outcomes_of(of_device uuid) returns void language plpgsql
  security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform from devices d where d.id = of_device for no key update;

  delete from trial_outcomes o where o.device_id = of_device
    and not exists (select from trial_outcome_fold f where f.trial_id = o.trial_id);

  insert into trial_outcomes as o (trial_id, number, device_id, simulated, primary_outcome, outcome, overruled, against, review,
    prediction, registrant, released_day, {{factor_names}})
  select f.trial_id, f.number, f.device_id, f.simulated, f.primary_outcome, f.outcome, f.overruled, f.against, f.review,
    f.prediction, f.registrant, f.released_day, {{factor_names}}
  from trial_outcome_fold f where f.device_id = of_device
  on conflict (trial_id) do update set (primary_outcome, outcome, overruled, against, review, prediction, registrant, released_day, {{factor_names}})
    = (excluded.primary_outcome, excluded.outcome, excluded.overruled, excluded.against, excluded.review,
      excluded.prediction, excluded.registrant, excluded.released_day, {{factors_of_excluded}})
  where (o.primary_outcome, o.outcome, o.overruled, o.against, o.review, o.prediction, o.registrant, o.released_day, {{factors_of_o}})
    is distinct from (excluded.primary_outcome, excluded.outcome, excluded.overruled, excluded.against, excluded.review,
      excluded.prediction, excluded.registrant, excluded.released_day, {{factors_of_excluded}});

  if exists (select from trials t where t.device_id = of_device and t.state = 'concluded' and t.start_os is null) then
    insert into trial_flow_marks (device_id) values (of_device);
  end if;
end $$;

revoke all on function keep_outcomes_of(uuid) from public;
