"""Works 施工与办理: a lift after its consent: filing, permits, building, use; and its building group."""
