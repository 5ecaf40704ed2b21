// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Which credential plug-ins a person has let run always, kept from one start to the next.  A permission is for one command
// with its arguments and variables in one kubeconfig: whoever changes any of them is asked again.  What is kept is a hash
// and the command's name, no argument and no variable: they may hold secrets.
#include "app/gui/kept_texts.h"
#include "kube/sign_in.h"

namespace app::gui {

class ExecPermissions
{
public:
    explicit ExecPermissions(QString file = usualFile());
    static QString usualFile(); // of this user
    bool isAllowed(const kube::ExecPlugin &plugin, const QString &kubeconfig) const;
    kube::Result<void> allow(const kube::ExecPlugin &plugin, const QString &kubeconfig);

private:
    KeptTexts m_kept;
};

} // namespace app::gui
