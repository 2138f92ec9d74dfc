CREATE INDEX CONCURRENTLY IF NOT EXISTS crm_leads_owner_id_status_idx ON crm_leads (owner_id, status);
CREATE INDEX CONCURRENTLY IF NOT EXISTS crm_deals_lead_id_idx ON crm_deals (lead_id);
CREATE INDEX CONCURRENTLY IF NOT EXISTS crm_deals_owner_id_stage_idx ON crm_deals (owner_id, stage);
CREATE INDEX CONCURRENTLY IF NOT EXISTS crm_activities_lead_id_idx ON crm_activities (lead_id);
CREATE INDEX CONCURRENTLY IF NOT EXISTS crm_activities_deal_id_idx ON crm_activities (deal_id);
CREATE INDEX CONCURRENTLY IF NOT EXISTS crm_activities_owner_id_due_at_idx ON crm_activities (owner_id, due_at);
