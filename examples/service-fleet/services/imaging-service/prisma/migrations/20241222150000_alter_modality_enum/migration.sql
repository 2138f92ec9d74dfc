-- Optical coherence tomography, from the eye clinic.
ALTER TYPE "Modality" ADD VALUE IF NOT EXISTS 'oct' AFTER 'nm';
