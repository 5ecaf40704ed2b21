// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The subresource token of service accounts (TokenRequest): a token that the API server admits until it ends, as that account and with
// what RBAC grants it; and TokenReview, which tells others whose token somebody shows.  Signed by nobody: only this server knows it.
#include "app/demo/api_users.h"
#include "app/demo/api_write.h"

namespace demo {

StoreResult<Answer> tokenAnswer(const Store &store, Users &users,
                                const Call &call);                  // create; 405 for the rest
StoreResult<Value> reviewedToken(const Users &users, Value review); // with its status; 400 without a token

} // namespace demo
