-- The arrows of complaints/workflow/moves.py: a case in hand may be assigned to somebody else.
CREATE OR REPLACE TRIGGER complaint_edges BEFORE UPDATE ON complaints_complaint
  FOR EACH ROW EXECUTE FUNCTION portal_guard_state('registered>assigned', 'registered>forwarded',
    'registered>rejected', 'registered>withdrawn', 'assigned>assigned', 'assigned>in_progress', 'assigned>forwarded',
    'assigned>rejected', 'assigned>withdrawn', 'in_progress>assigned', 'in_progress>in_progress',
    'in_progress>needs_info', 'in_progress>answered', 'in_progress>forwarded', 'in_progress>rejected',
    'in_progress>withdrawn', 'needs_info>in_progress', 'needs_info>withdrawn', 'answered>objected',
    'answered>closed', 'objected>in_progress', 'forwarded>closed', 'rejected>objected', 'rejected>closed',
    'withdrawn>closed');
