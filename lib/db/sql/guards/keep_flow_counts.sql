-- flow_counts follows trial_flow, which is written under the lock on the head of the trail only.
create or replace function keep_flow_counts() returns trigger language plpgsql
  security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if tg_op <> 'INSERT' then
    -- The last trial of a count takes the row with it.
    delete from flow_counts k where k.trials = 1
      and (k.simulated, k.state, k.outcome, k.registered, k.released, k.screened_out_by, k.deviated, k.used_before, k.against)
        = (old.simulated, old.state, old.outcome, old.registered, old.released, old.screened_out_by, old.deviated, old.used_before, old.against);
    update flow_counts k set trials = k.trials - 1 where k.trials > 1
      and (k.simulated, k.state, k.outcome, k.registered, k.released, k.screened_out_by, k.deviated, k.used_before, k.against)
        = (old.simulated, old.state, old.outcome, old.registered, old.released, old.screened_out_by, old.deviated, old.used_before, old.against);
  end if;
  if tg_op <> 'DELETE' then
    insert into flow_counts as k (simulated, state, outcome, registered, released, screened_out_by, deviated, used_before, against, trials)
    values (new.simulated, new.state, new.outcome, new.registered, new.released, new.screened_out_by, new.deviated, new.used_before, new.against, 1)
    on conflict on constraint flow_counts_pk do update set trials = k.trials + 1;
  end if;
  return null;
end $$;

create or replace trigger keeps_counts after insert or update or delete on trial_flow
  for each row execute function keep_flow_counts();
