-- Distributes Keyfob's tables on Citus. Run it once, on the coordinator, with psql, after `keyfob migrate`:
--
--     psql --set ON_ERROR_STOP=1 --single-transaction --file citus.sql DATABASE
--
-- What each line rests on, and what is different afterwards: docs/how-to/scaling-out.md

-- Citus takes no table with triggers. They serve those who change a status by hand; see the page.
drop trigger accounts_status_by_hand on accounts;
drop trigger accounts_audit_by_hand on accounts;
drop trigger clients_status_by_hand on clients;
drop trigger clients_audit_by_hand on clients;
drop trigger client_templates_status_by_hand on client_templates;
drop trigger client_templates_audit_by_hand on client_templates;
drop trigger instances_status_by_hand on dynamically_registered_clients;
drop trigger instances_audit_by_hand on dynamically_registered_clients;
drop trigger delegations_status_by_hand on delegations;

select create_distributed_function('keyfob_now()');

-- What every node reads, and few write: a copy on each node. Those with a second unique index can be nothing else.
select create_reference_table('accounts');
select create_reference_table('credentials');
select create_reference_table('clients');
select create_reference_table('client_templates');
select create_reference_table('client_template_versions');
select create_reference_table('signing_keys');
select create_reference_table('settings');
select create_reference_table('audit');

-- An app's requests: one client_id, one shard, the three tables side by side.
select create_distributed_table('dynamically_registered_clients', 'client_id', colocate_with => 'none');
select create_distributed_table('delegations', 'client_id', colocate_with => 'dynamically_registered_clients');
select create_distributed_table('revoked_tokens', 'client_id', colocate_with => 'dynamically_registered_clients');

-- A person's: by the account, and by the hash of the name that was typed, which need not be anybody's.
select create_distributed_table('consents', 'account_id', colocate_with => 'none');
select create_distributed_table('sign_in_failures', 'name_hash', colocate_with => 'none');

-- Found by their own key alone.
select create_distributed_table('sessions', 'id', colocate_with => 'none');
select create_distributed_table('initial_tokens', 'id', colocate_with => 'none');
