// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/sample_dialogs.h"

#include "tests/ui/sample_world.h"
#include "ui/ask_dialog.h"
#include "ui/command_palette.h"
#include "ui/confirm_dialog.h"
#include "ui/edit_dialog.h"
#include "ui/exec_dialog.h"
#include "ui/k9s_keys.h"
#include "ui/performance_dialog.h"
#include "ui/rights_dialog.h"
#include "ui/secret_dialog.h"
#include "ui/shell/main_window.h"
#include "ui/shell/shortcut_sheet.h"

using namespace Qt::StringLiterals;

QStringList sampleDialogNames()
{
    return {u"review"_s, u"edit"_s,        u"ask"_s,     u"secret"_s, u"exec"_s,
            u"rights"_s, u"performance"_s, u"palette"_s, u"sheet"_s};
}

// With what somebody else has changed meanwhile.
static QDialog *sampleEdit(ui::MainWindow &window)
{
    const auto yaml = [](const char *prefix, const char *service) {
        return QByteArray("apiVersion: getambassador.io/v3alpha1\nkind: Mapping\nmetadata:\n  name: orders\n "
                          " namespace: "
                          "shop\nspec:\n  hostname: '*'\n  prefix: ")
            + prefix + "\n  service: " + service + "\n";
    };
    const auto value = [](const QByteArray &text) { return edge::parseYaml(text.toStdString())->front(); };
    const QByteArray base = yaml("/orders/", "orders:80"), mine = yaml("/v2/orders/", "orders:80");
    auto *edit = new ui::EditDialog(u"Edit Mapping shop/orders"_s, QString::fromUtf8(mine), &window);
    edit->setCollision(
        models::editTogether(value(base), value(mine), value(yaml("/orders/v2/", "orders-v2:80"))));
    return edit;
}

QDialog *sampleDialog(const QString &name, ui::MainWindow &window)
{
    const models::ObjectRef secret{u"Secret"_s, u"edge"_s, u"edge-tls"_s};
    if (name == u"review"_s) {
        auto *review = new ui::ConfirmDialog(u"Switch the mesh to STRICT"_s, u"eks-eu1"_s, &window);
        review->setStageable(true);
        review->setReview(SampleWorld::review());
        return review;
    }
    if (name == u"edit"_s)
        return sampleEdit(window);
    if (name == u"ask"_s)
        return new ui::AskDialog({u"Reveal tls.key"_s, u"The value is shown for a minute."_s,
                                  u"Type edge-tls"_s, u"Reveal"_s, u"edge-tls"_s},
                                 &window);
    if (name == u"secret"_s)
        return new ui::SecretDialog(secret, u"tls.crt"_s, "-----BEGIN CERTIFICATE-----\n", &window);
    if (name == u"exec"_s)
        return new ui::ExecDialog({u"eks-eu1"_s,
                                   u"jane"_s,
                                   u"~/.kube/config"_s,
                                   u"aws"_s,
                                   {u"eks"_s, u"get-token"_s},
                                   {u"AWS_PROFILE"_s}},
                                  &window);
    if (name == u"rights"_s)
        return new ui::RightsDialog({u"list secrets"_s}, u"kind: ClusterRole\n"_s, &window);
    if (name == u"performance"_s)
        return new ui::PerformanceDialog(&window);
    if (name == u"sheet"_s)
        return new ui::ShortcutSheet(window.registry(), ui::k9sKeyNotes(), &window);
    return new ui::CommandPalette(
        {{u"Overview"_s, u"Ctrl+1"_s, [] {}}}, [](const QString &) { return ui::Command(); }, &window);
}
