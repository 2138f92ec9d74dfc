DROP INDEX CONCURRENTLY IF EXISTS crm_leads_owner_id_status_idx;
DROP INDEX CONCURRENTLY IF EXISTS crm_deals_lead_id_idx;
DROP INDEX CONCURRENTLY IF EXISTS crm_deals_owner_id_stage_idx;
DROP INDEX CONCURRENTLY IF EXISTS crm_activities_lead_id_idx;
DROP INDEX CONCURRENTLY IF EXISTS crm_activities_deal_id_idx;
DROP INDEX CONCURRENTLY IF EXISTS crm_activities_owner_id_due_at_idx;
