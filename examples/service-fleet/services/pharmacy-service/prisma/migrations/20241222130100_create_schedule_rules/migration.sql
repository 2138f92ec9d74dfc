-- What federal law allows for each schedule. Schedule I has no accepted medical use: its row allows nothing, so that a
-- missing row is always a mistake.
CREATE TABLE "ScheduleRule" (
    "id" TEXT NOT NULL DEFAULT gen_random_uuid()::text,
    "schedule" "ControlledSubstanceSchedule" NOT NULL,
    "dispensingAllowed" BOOLEAN NOT NULL,
    "maxRefills" INTEGER,
    "validDays" INTEGER,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "ScheduleRule_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "ScheduleRule_maxRefills_check" CHECK ("maxRefills" >= 0),
    CONSTRAINT "ScheduleRule_validDays_check" CHECK ("validDays" > 0)
);
CREATE UNIQUE INDEX "ScheduleRule_schedule_key" ON "ScheduleRule"("schedule");

INSERT INTO "ScheduleRule" ("id", "schedule", "dispensingAllowed", "maxRefills", "validDays") VALUES
    ('c7e9d4b2-0000-4000-8000-000000000001', 'schedule_i', false, 0, NULL),
    ('c7e9d4b2-0000-4000-8000-000000000002', 'schedule_ii', true, 0, NULL),
    ('c7e9d4b2-0000-4000-8000-000000000003', 'schedule_iii', true, 5, 180),
    ('c7e9d4b2-0000-4000-8000-000000000004', 'schedule_iv', true, 5, 180),
    ('c7e9d4b2-0000-4000-8000-000000000005', 'schedule_v', true, NULL, NULL);

CREATE TRIGGER "ScheduleRule_updatedAt" BEFORE UPDATE ON "ScheduleRule"
    FOR EACH ROW EXECUTE FUNCTION "setUpdatedAt"();
