-- New values can be stored only once they are committed: what uses them is the next migration.
ALTER TYPE "AppointmentStatus" ADD VALUE 'waitlisted' BEFORE 'scheduled';
ALTER TYPE "AppointmentStatus" ADD VALUE 'rescheduled' AFTER 'confirmed';
