ALTER TYPE "PrescriptionStatus" ADD VALUE 'transferred' BEFORE 'completed';
