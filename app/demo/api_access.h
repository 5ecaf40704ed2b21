// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Who may do what: the roles and bindings in the store, as RBAC reads them, plus what an Identity brings with it.
#include "app/demo/api_request.h"

namespace demo {

struct Attributes // of a request, as authorizers see them
{
    std::string verb, group, resource, subresource, name, nameSpace;
    std::string path; // of a request that is for no resource: then the rest is empty
};

class Access
{
public:
    explicit Access(const Store &store)
        : m_store(store)
    {
    }
    bool allows(const Identity &identity, const Attributes &attributes) const;
    StoreError refusal(const Identity &identity,
                       const Attributes &attributes) const; // 403 in kube-apiserver's words
    // SelfSubjectAccessReview, SelfSubjectRulesReview, SelfSubjectReview, SubjectAccessReview; the answered object.
    StoreResult<Value> review(const ResourceKind &kind, const Identity &identity, Value object) const;

private:
    std::vector<Value> rulesFor(const Identity &identity, const std::string &nameSpace) const; // PolicyRules
    const Store &m_store;
};

Value userInfo(const Identity &identity); // as reviews of who somebody is tell it

void addSystemRoles(Store &store); // the roles and bindings of a fresh cluster

} // namespace demo
