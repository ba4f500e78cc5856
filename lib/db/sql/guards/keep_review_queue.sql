-- review_queue is the fold of trial_review_fold, written when a trial or its review changes and by nothing else: the app's role may
-- only read it.
create or replace function keep_review_queue() returns trigger language plpgsql
  security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  trial uuid := case tg_table_name when 'trials' then to_jsonb(new) ->> 'id' else to_jsonb(new) ->> 'trial_id' end;
begin
  delete from review_queue q where q.trial_id = trial and not exists (select from trial_review_fold f where f.trial_id = trial);
  insert into review_queue (trial_id, number, simulated, open_queries)
  select f.trial_id, f.number, f.simulated, f.open_queries from trial_review_fold f where f.trial_id = trial
  on conflict (trial_id) do update set open_queries = excluded.open_queries;
  return null;
end $$;

create or replace trigger keeps_review_queue after insert on trials for each row
  when (new.state in {{reviewed_states}}) execute function keep_review_queue();
create or replace trigger keeps_review_queue_too after update on trials for each row
  when ((new.state, new.consumed) is distinct from (old.state, old.consumed)) execute function keep_review_queue();
create or replace trigger keeps_review_queue after insert or update on trial_reviews
  for each row execute function keep_review_queue();
