-- Rollback for: 20241222130000_create_upcoming_appointment_view
-- Service: telehealth-service
-- Description: Removes the view of upcoming appointments

DROP VIEW IF EXISTS "UpcomingAppointment";

-- Remove migration record from _prisma_migrations
DELETE FROM "_prisma_migrations" WHERE migration_name = '20241222130000_create_upcoming_appointment_view';
