SELECT t.grp, t.id, t.`array`, t.`returning`, t.`geometry`, t.`following` FROM c66_t t ORDER BY t.grp, t.id
