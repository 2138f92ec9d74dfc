ALTER TYPE "SessionStatus" ADD VALUE 'late_cancelled' AFTER 'cancelled';
