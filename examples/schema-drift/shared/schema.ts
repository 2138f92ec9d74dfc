// The schema as the application's code has it, for Drizzle; `limosa diff schema 'cmd:…'` shows whether it says the same
// as schema/.
import { sql } from 'drizzle-orm';
import { boolean, check, foreignKey, index, integer, pgTable, text, timestamp, unique, uuid } from 'drizzle-orm/pg-core';

export const customerTenants = pgTable('customer_tenants', {
  id: uuid('id').primaryKey().defaultRandom(),
  tenantName: text('tenant_name').notNull(),
  tenantId: text('tenant_id').notNull().unique('customer_tenants_tenant_id_key'),
  isActive: boolean('is_active').notNull().default(true),
  createdAt: timestamp('created_at').defaultNow(),
});

export const connectwiseCredentials = pgTable('connectwise_credentials', {
  id: uuid('id').primaryKey().defaultRandom(),
  tenantId: uuid('tenant_id').unique('connectwise_credentials_tenant_id_key'),
  baseUrl: text('base_url').notNull(),
  companyId: text('company_id').notNull(),
  publicKey: text('public_key').notNull(),
  privateKey: text('private_key').notNull(),
  clientId: text('client_id').notNull(),
  defaultMemberIdentifier: text('default_member_identifier'),
  defaultTimeMinutes: integer('default_time_minutes').default(15),
  autoUpdateStatus: boolean('auto_update_status').default(false),
  defaultStatusId: integer('default_status_id'),
  createdAt: timestamp('created_at').defaultNow(),
  updatedAt: timestamp('updated_at').defaultNow(),
  createdBy: text('created_by'),
  updatedBy: text('updated_by'),
}, (table) => [
  foreignKey({ name: 'connectwise_credentials_tenant_id_fkey', columns: [table.tenantId], foreignColumns: [customerTenants.id] })
    .onDelete('cascade'),
]);

export const tenant3cxCredentials = pgTable('tenant_3cx_credentials', {
  id: uuid('id').primaryKey().defaultRandom(),
  tenantId: uuid('tenant_id').unique('tenant_3cx_credentials_tenant_id_key'),
  serverUrl: text('server_url').notNull(),
  username: text('username').notNull(),
  encryptedPassword: text('encrypted_password').notNull(),
  mfaEnabled: boolean('mfa_enabled').default(false),
  createdAt: timestamp('created_at').defaultNow(),
  updatedAt: timestamp('updated_at').defaultNow(),
  createdBy: text('created_by'),
  updatedBy: text('updated_by'),
}, (table) => [
  foreignKey({ name: 'tenant_3cx_credentials_tenant_id_fkey', columns: [table.tenantId], foreignColumns: [customerTenants.id] })
    .onDelete('cascade'),
]);

export const tenantPowershellCredentials = pgTable('tenant_powershell_credentials', {
  id: uuid('id').primaryKey().defaultRandom(),
  tenantId: uuid('tenant_id').unique('tenant_powershell_credentials_tenant_id_key'),
  appId: text('app_id'),
  certificateThumbprint: text('certificate_thumbprint'),
  usernameDeprecated: text('username_deprecated'),
  encryptedPasswordDeprecated: text('encrypted_password_deprecated'),
  isActive: boolean('is_active').notNull().default(true),
  createdAt: timestamp('created_at').defaultNow(),
  updatedAt: timestamp('updated_at').defaultNow(),
}, (table) => [
  foreignKey({ name: 'tenant_powershell_credentials_tenant_id_fkey', columns: [table.tenantId], foreignColumns: [customerTenants.id] })
    .onDelete('cascade'),
]);

export const countryCodes = pgTable('country_codes', {
  code: text('code').primaryKey(),
  name: text('name').notNull().unique('country_codes_name_key'),
  dialPrefix: text('dial_prefix').notNull(),
}, (table) => [
  check('country_codes_code_check', sql`code ~ '^[A-Z]{2}$'`),
  check('country_codes_dial_prefix_check', sql`dial_prefix ~ '^\\+[0-9]{1,4}$'`),
]);

export const phoneNumberInventory = pgTable('phone_number_inventory', {
  id: uuid('id').primaryKey().defaultRandom(),
  tenantId: uuid('tenant_id'),
  lineUri: text('line_uri').notNull(),
  displayName: text('display_name'),
  userPrincipalName: text('user_principal_name'),
  onlineVoiceRoutingPolicy: text('online_voice_routing_policy'),
  voiceRoutingPolicy: text('voice_routing_policy'),
  externalSystemType: text('external_system_type'),
  externalSystemId: text('external_system_id'),
  status: text('status').default('available'),
  reservedUntil: timestamp('reserved_until'),
  lastAssignedDate: timestamp('last_assigned_date'),
  lastReleasedDate: timestamp('last_released_date'),
  agingStartedAt: timestamp('aging_started_at'),
  notes: text('notes'),
  createdAt: timestamp('created_at').defaultNow(),
  createdBy: text('created_by'),
  lastModifiedAt: timestamp('last_modified_at').defaultNow(),
  lastModifiedBy: text('last_modified_by'),
  countryCode: text('country_code'),
  carrier: text('carrier'),
  location: text('location'),
  usageLocation: text('usage_location'),
  numberType: text('number_type').notNull().default('did'),
  reservedBy: text('reserved_by'),
  reservedAt: timestamp('reserved_at'),
  agingUntil: timestamp('aging_until'),
  assignedAt: timestamp('assigned_at'),
  tags: text('tags'),
  updatedAt: timestamp('updated_at').defaultNow(),
  numberRange: text('number_range'),
}, (table) => [
  foreignKey({ name: 'phone_number_inventory_tenant_id_fkey', columns: [table.tenantId], foreignColumns: [customerTenants.id] })
    .onDelete('cascade'),
  foreignKey({ name: 'phone_number_inventory_country_code_fkey', columns: [table.countryCode], foreignColumns: [countryCodes.code] }),
  unique('phone_number_inventory_tenant_id_line_uri_key').on(table.tenantId, table.lineUri),
  check('phone_number_inventory_external_system_type_check', sql`external_system_type IN ('teams', '3cx', 'other')`),
  check('phone_number_inventory_status_check', sql`status IN ('available', 'reserved', 'used', 'aging')`),
  check('phone_number_inventory_number_type_check', sql`number_type IN ('did', 'extension', 'toll-free', 'mailbox')`),
  index('idx_phone_number_status').on(table.status),
  index('idx_phone_number_tenant').on(table.tenantId),
  index('idx_phone_number_upn').on(table.userPrincipalName),
  index('idx_phone_number_country_code').on(table.countryCode),
  index('idx_phone_number_line_uri').on(table.lineUri),
]);
