-- Each event of a radar: possible in its state, and backed by trials that can support it. "Verified fixed" needs a
-- concluded trial that started at the claimed version or later, by the mechanism that the claim names. The trials are locked, so that none is reopened meanwhile.
create or replace function guard_radar_event() returns trigger language plpgsql
  security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  radar radars%rowtype;
  of_print record;
  trial record;
  named uuid;
  is_verdict boolean := new.kind in {{radar_verdicts}};
  comes_from text[] := {{radar_from}};
begin
  select * into radar from radars where id = new.radar_id for update;
  if new.kind = 'drafted' then
    if exists (select from radar_events where radar_id = new.radar_id) then
      raise exception 'radar R-% is drafted once', radar.number using errcode = 'integrity_constraint_violation';
    end if;
    return new;
  end if;
  if not (radar.state = any (comes_from)) then
    raise exception 'radar R-% is %: it cannot be %', radar.number, radar.state, new.kind using errcode = 'integrity_constraint_violation';
  end if;
  if new.kind = 'claimedFixed' and version_rank(new.version) is null then
    raise exception 'the version % is not one', new.version using errcode = 'integrity_constraint_violation';
  end if;
  select c.fingerprint, c.out_of into of_print from contradictions c where c.id = radar.contradiction_id;
  foreach named in array new.trial_ids loop
    select t.number, t.state, t.simulated, t.start_os, d.platform, {{plan_mechanism}} as mechanism into trial
    from trials t join devices d on d.id = t.device_id join protocol_versions on protocol_versions.id = t.protocol_version_id
    where t.id = named for share of t;
    if not found or trial.simulated <> radar.simulated or (trial.platform = 'tvOS') <> (radar.platform = 'tvOS') then
      raise exception 'radar R-%: the trial % is not of its environment and platform', radar.number, named using errcode = 'integrity_constraint_violation';
    end if;
    if is_verdict and trial.state <> 'concluded' then
      raise exception 'radar R-%: T-% is not concluded', radar.number, trial.number using errcode = 'integrity_constraint_violation';
    end if;
    if new.kind in {{radar_fix_verdicts}}
       and coalesce(version_rank(trial.start_os) < version_rank(radar.claimed_fix), true) then
      raise exception 'radar R-%: T-% started before %, where the fix is claimed', radar.number, trial.number, radar.claimed_fix
        using errcode = 'integrity_constraint_violation';
    end if;
    if new.kind in {{radar_fix_verdicts}} and radar.fix_mechanism <> trial.mechanism then
      raise exception 'radar R-%: T-% is by %, and the fix is proved by a %', radar.number, trial.number, trial.mechanism, radar.fix_mechanism
        using errcode = 'integrity_constraint_violation';
    end if;
    if is_verdict and radar.contradiction_id is not null then
      perform refuse_if_contradicted(new.kind, named, of_print.fingerprint, of_print.out_of);
    end if;
  end loop;
  return new;
end $$;

create or replace trigger keeps_to_its_table before insert on radar_events for each row execute function guard_radar_event();
