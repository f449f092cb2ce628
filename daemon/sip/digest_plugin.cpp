// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/sip/digest_plugin.h"

#include <unordered_map>
#include <vector>

#include "base/log.h"
#include "base/text.h"

namespace sip {
namespace {

// A challenger belongs to the memory of its handle: that is how its signer is found. The loop's thread alone comes
// here.
std::unordered_map<const su_home_t*, Signer*>& signers() {
  static std::unordered_map<const su_home_t*, Signer*> all;
  return all;
}

Signer* signer_of(const auth_client_t* challenger) {
  const auto at = signers().find(su_home_parent(challenger->ca_home));
  return at == signers().end() ? nullptr : at->second;
}

enum Verdict { refused = -1, kept = 1, renewed = 2 };  // what the library understands of a challenge

// What the library needs to see before it asks for an answer. It never sees the name or the password.
void set_answerable(auth_client_t* challenger, bool answerable) {
  static char something[] = "-";
  challenger->ca_user = challenger->ca_pass = answerable ? something : nullptr;
}

Verdict take(auth_client_t* challenger, const msg_auth_t* header) {
  Signer* const signer = signer_of(challenger);
  if (!signer) return refused;
  std::vector<std::string_view> parameters;
  for (const msg_param_t* parameter = header->au_params; parameter && *parameter; ++parameter)
    parameters.emplace_back(*parameter);
  const auto challenge = base::DigestChallenge::from_parameters(parameters);
  if (!challenge) return kept;  // another one of the same response may be better
  const bool answerable = signer->take(challenger, *challenge);
  set_answerable(challenger, answerable);
  return answerable ? renewed : refused;
}

int answer(auth_client_t* challenger, su_home_t* home, const char* method, const url_t* url, msg_header_t** header) {
  Signer* const signer = signer_of(challenger);
  const auto text = signer ? signer->answer(challenger, method, text_of(url)) : std::nullopt;
  if (!text) return 0;  // the request leaves without one
  *header = msg_header_make(home, challenger->ca_credential_class, ("Digest " + *text).c_str());
  return *header ? 0 : -1;
}

// No exception may cross the library: want of memory or of randomness leaves the challenge unanswered.
template <typename Result, typename Call>
Result without_exception(Result fault, Call call) {
  try {
    return call();
  } catch (const std::exception& error) {
    base::log::error("a challenge was not answered", {{"REASON", error.what()}});
    return fault;
  }
}

int on_challenge(auth_client_t* challenger, const msg_auth_t* header) noexcept {
  return without_exception<int>(refused, [&] { return static_cast<int>(take(challenger, header)); });
}

int on_authorize(auth_client_t* challenger, su_home_t* home, const char* method, const url_t* url, const msg_payload_t*,
                 msg_header_t** header) noexcept {
  return without_exception(-1, [&] { return answer(challenger, home, method, url, header); });
}

// Their names tell them apart in the table of the library, where case counts; when a challenge is looked up it does
// not. A plug-in takes the first place of another name: the first of ours replaces that for "Digest". Should a later
// library put what has the same name in its place, the second does it.
constexpr auth_client_plugin_t plugin(const char* name) {
  auth_client_plugin_t result{};
  result.auc_plugin_size = static_cast<int>(offsetof(auth_client_plugin_t, auc_info));
  result.auc_size = static_cast<int>(sizeof(auth_client_t));
  result.auc_name = name;
  result.auc_challenge = on_challenge;
  result.auc_authorize = on_authorize;
  return result;
}
constexpr auth_client_plugin_t plugins[] = {plugin("digest"), plugin("Digest")};

}  // namespace

Signer::Signer(nua_handle_t* handle, std::shared_ptr<const Credentials> credentials, Realms realms)
    : handle_(handle), credentials_(std::move(credentials)), realms_(realms) {
  signers()[nua_handle_home(handle_)] = this;
}

Signer::~Signer() { signers().erase(nua_handle_home(handle_)); }

void Signer::set_next_hop(const Route& hop) {
  if (!credentials_) return;
  const std::set<std::string>& servers = credentials_->servers;
  const std::string wanted = endpoint(base::to_lower(hop.host), hop.port);
  const std::string& name = is_address(hop.host) ? hop.tls_name : hop.host;
  const bool by_name = !is_address(name) && servers.contains(base::to_lower(name));
  if (by_name) own_endpoint_ = wanted;
  own_hop_ = by_name || servers.contains(wanted) || wanted == own_endpoint_;
}

bool Signer::may_answer(const std::string& realm) const {
  if (!own_hop_ || !credentials_->may_answer()) return false;
  return realms_ == Realms::any || credentials_->realms.contains(base::to_lower(realm));
}

bool Signer::take(const void* space, const base::DigestChallenge& challenge) {
  return may_answer(challenge.realm) && answers_[space].take(challenge);
}

std::optional<std::string> Signer::answer(const void* space, std::string_view method, std::string_view uri) {
  base::DigestAnswers& answers = answers_[space];
  // Asked again here: within a dialog the next request may go elsewhere.
  if (!answers.has_challenge() || !may_answer(answers.realm())) return {};
  realm_ = answers.realm();
  return answers.answer({credentials_->username, credentials_->password}, {method, uri}, base::new_client_nonce());
}

void register_digest_plugin() {
  for (const auth_client_plugin_t& one : plugins)
    if (auc_register_plugin(&one) != 0) base::log::error("the library takes no plug-in for digests");
}

}  // namespace sip
