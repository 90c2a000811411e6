using static Ascent.Flows.Messages.MessageIds;

namespace Ascent.Flows.Messages;

/// <summary>The words of the catalogue: plain, kind, and saying what to do next.</summary>
internal static class MessageWords
{
    /// <summary>Captions of fields and buttons.</summary>
    public static IReadOnlyList<MessageEntry> Labels { get; } =
    [
        Info(LoginSubmit, "Sign in"),
        Info(LoginWithProvider, "Sign in with {provider}", "provider", "provider_id"),
        Info(LoginVerify, "Verify"),
        Info(LoginTotpLabel, "Code from your authenticator app"),
        Info(LoginLookupLabel, "Backup code"),
        Info(LoginWebAuthn, "Use your security key"),
        Info(LoginTotp, "Use your authenticator app"),
        Info(LoginLookup, "Use a backup code"),
        Info(LoginWebAuthnPasswordless, "Sign in with your security key"),
        Info(LoginContinue, "Continue"),
        Info(LoginSendCode, "Send me a sign-in code"),
        Info(LoginAndLink, "Sign in and link"),
        Info(LoginConfirmWithProvider, "Confirm with {provider}", "provider"),
        Info(LoginRequestCode, "Request a code to continue"),
        Info(LoginPasskey, "Sign in with a passkey"),
        Info(LoginPassword, "Sign in with your password"),
        Info(LoginSendCodeTo, "Send a code to {address}", "address", "channel"),
        Info(LoginSecurityKey, "Sign in with a security key"),

        Info(RegistrationSubmit, "Create account"),
        Info(RegistrationWithProvider, "Sign up with {provider}", "provider", "provider_id"),
        Info(RegistrationContinue, "Continue"),
        Info(RegistrationSecurityKey, "Sign up with a security key"),
        Info(RegistrationSendCode, "Send me a sign-up code"),
        Info(RegistrationPasskey, "Sign up with a passkey"),
        Info(RegistrationBack, "Back"),

        Info(SettingsLink, "Link {provider}", "provider"),
        Info(SettingsUnlink, "Unlink {provider}", "provider"),
        Info(SettingsTotpUnlink, "Remove the authenticator app"),
        Info(SettingsTotpQr, "QR code for your authenticator app"),
        Info(SettingsTotpSecret, "{secret}", "secret"),
        Info(SettingsLookupReveal, "Show backup codes"),
        Info(SettingsLookupGenerate, "Make new backup codes"),
        Info(SettingsLookupSecret, "{secret}", "secret"),
        Info(SettingsLookupCodesLabel, "Your backup codes. Keep them somewhere safe; each works once."),
        Info(SettingsLookupConfirm, "I have saved my backup codes"),
        Info(SettingsWebAuthnAdd, "Add a security key"),
        Info(SettingsWebAuthnName, "Name for the security key"),
        Info(SettingsLookupUsed, "Used at {used_at}", "used_at", "used_at_unix"),
        Info(SettingsLookupCodes, "{codes}", "secrets"),
        Info(SettingsLookupDisable, "Remove backup codes"),
        Info(SettingsTotpSecretLabel, "Cannot scan the QR code? Type this secret into your authenticator app."),
        Info(SettingsWebAuthnRemove, "Remove security key \"{display_name}\"", "added_at", "added_at_unix", "display_name"),
        Info(SettingsPasskeyAdd, "Add a passkey"),
        Info(SettingsPasskeyRemove, "Remove passkey \"{display_name}\"", "added_at", "added_at_unix", "display_name"),

        Info(RecoveryBack, "Back"),

        Info(NodeMaskedAddress, "{address}"),
        Info(NodePassword, "Password"),
        Info(NodeTrait, "{title}", "name", "title"),
        Info(NodeSave, "Save"),
        Info(NodeIdentifier, "Username, email or phone number"),
        Info(NodeSubmit, "Submit"),
        Info(NodeVerifyTotp, "Code shown by the app"),
        Info(NodeEmail, "Email"),
        Info(NodeResend, "Send another code"),
        Info(NodeContinue, "Continue"),
        Info(NodeRecoveryCode, "Recovery code"),
        Info(NodeVerificationCode, "Verification code"),
        Info(NodeRegistrationCode, "Sign-up code"),
        Info(NodeLoginCode, "Sign-in code"),
        Info(NodeLoginAndLink, "Sign in and link"),
        Info(NodeCaptcha, "Please solve the captcha to continue."),
        Info(NodeRecoveryAddress, "Recovery address"),
        Info(NodePhone, "Phone number"),
        Info(NodeEmailOrPhone, "Email or phone number"),
    ];

    /// <summary>What went well and what comes next.</summary>
    public static IReadOnlyList<MessageEntry> Notices { get; } =
    [
        Info(LoginRefresh, "Please confirm that it is you before you go on."),
        Info(LoginSecondFactor, "One more step: please confirm with your second factor."),
        Info(LoginWebAuthnPrepare, "Have your security key or device ready, then choose Continue."),
        Info(LoginCodeSent, "We sent a code to the address you gave. If nothing arrives, check its spelling and request another code."),
        Info(LoginLinkAccount, "An account with {duplicate_identifier} exists already. Sign in to it once, and {provider} will be linked as another way to sign in.",
            "available_credential_types", "available_providers", "duplicateIdentifier", "duplicate_identifier", "newLoginUrl", "new_login_url", "provider"),
        Info(LoginCodeSentToKnownAddress, "We sent a code to your address. If nothing arrives, request another one."),

        Info(RegistrationCodeSent, "We sent a code to the address you gave. If nothing arrives, check its spelling and request another code."),
        Info(RegistrationChooseCredential, "Now choose how you want to sign in from now on."),

        Success(SettingsSaved, "Your changes are saved."),
        Info(SettingsManagedByOrganization, "Your organization manages this account. Ask its administrator to change these settings."),

        Success(RecoverySuccessful, "You are back in. Set a new password or another way to sign in within {minutes}.",
            "privilegedSessionExpiresAt", "privileged_session_expires_at", "privileged_session_expires_at_unix"),
        Info(RecoveryLinkSent, "If an account uses this address, a recovery link is on its way to it. If nothing arrives, check the spelling and that you signed up with this address."),
        Info(RecoveryCodeSent, "If an account uses this address, a recovery code is on its way to it. If nothing arrives, check the spelling and that you signed up with this address."),
        Info(RecoveryCodeSentTo, "If it belongs to your account, a recovery code is on its way to {masked_address}. If nothing arrives, check that you signed up with this address.", "masked_address"),
        Info(RecoveryGiveAddress, "Please type the whole recovery address."),
        Info(RecoveryChooseAddress, "Where shall we send your recovery code?"),

        Info(VerificationLinkSent, "We sent a verification link to this address. If nothing arrives, check the spelling and that you signed up with this address."),
        Success(VerificationEmailDone, "Thank you, your email address is verified."),
        Info(VerificationCodeSent, "We sent a verification code to this address. If nothing arrives, check the spelling and that you signed up with this address."),
        Info(VerificationSmsSent, "We sent a verification code by text message. If nothing arrives, check the number and that you signed up with it."),
        Success(VerificationPhoneDone, "Thank you, your phone number is verified."),
    ];

    /// <summary>What did not work, and how it can.</summary>
    public static IReadOnlyList<MessageEntry> Errors { get; } =
    [
        Error(Invalid, "{reason}", "reason"),
        Error(Required, "Please fill in {property}.", "property"),
        Error(MinLength, "Please use at least {min_length} characters; there are {actual_length}.", "actual_length", "min_length"),
        Error(Pattern, "This does not have the expected form ({pattern}). Please correct it.", "pattern"),
        Error(PasswordPolicy, "Please choose another password: {reason}.", "reason"),
        Error(InvalidCredentials, "These sign-in details do not match an account. Check the identifier and the password and try again."),
        Error(DuplicateAccount, "An account with this email, phone number or username exists already. Sign in to it, or use another one."),
        Error(TotpInvalid, "This code is not valid. Enter the code that your authenticator app shows now."),
        Error(NoIdentifier, "Nothing to sign in with was given. Fill in your email, phone number or username; if there is no such field, tell the administrator."),
        Error(AddressNotVerified, "Please verify your address first; then sign in again."),
        Error(NoTotp, "No authenticator app is set up. Choose another way to confirm."),
        Error(LookupUsed, "This backup code was used before. Enter another one."),
        Error(NoWebAuthn, "No security key is set up. Choose another way to confirm."),
        Error(NoLookup, "No backup codes are set up. Choose another way to confirm."),
        Error(NoSecurityKey, "There is no such account, or it has no security key. Check the identifier or sign in another way."),
        Error(LookupInvalid, "This backup code is not valid. Check it, or enter another one."),
        Error(MaxLength, "Please use at most {max_length} characters; there are {actual_length}.", "actual_length", "max_length"),
        Error(Minimum, "Please enter {minimum} or more; this is {actual}.", "actual", "minimum"),
        Error(ExclusiveMinimum, "Please enter more than {minimum}; this is {actual}.", "actual", "minimum"),
        Error(Maximum, "Please enter {maximum} or less; this is {actual}.", "actual", "maximum"),
        Error(ExclusiveMaximum, "Please enter less than {maximum}; this is {actual}.", "actual", "maximum"),
        Error(MultipleOf, "Please enter a multiple of {base}; {actual} is none.", "actual", "base"),
        Error(MaxItems, "Please give at most {max_items} entries; there are {actual_items}.", "actual_items", "max_items"),
        Error(MinItems, "Please give at least {min_items} entries; there are {actual_items}.", "actual_items", "min_items"),
        Error(UniqueItems, "Entries {index_a} and {index_b} are the same. Please remove one.", "index_a", "index_b"),
        Error(WrongType, "A value of type {types} is needed here; this is {actual_type}.", "actual_type", "allowed_types"),
        Error(DuplicateAccountToLink, "An account with this email, phone number or username exists already. Sign in to it to link your social account."),
        Error(DuplicateAccountWithHints, "{credential_identifier_hint} belongs to an account already.{ways}",
            "available_credential_types", "available_oidc_providers", "credential_identifier_hint"),
        Error(Const, "This has to be {expected}.", "expected"),
        Error(ConstGeneric, "This is not the value that is needed here."),
        Error(PasswordTooSimilar, "This password is too much like your identifier. Please choose one that does not contain it."),
        Error(PasswordTooShort, "Please use at least {min_length} characters; this password has {actual_length}.", "actual_length", "min_length"),
        Error(PasswordTooLong, "Please use at most {max_length} characters; this password has {actual_length}.", "actual_length", "max_length"),
        Error(PasswordBreached, "This password is known from data breaches. Please choose another one.", "breaches"),
        Error(NoCodeLogin, "There is no such account, or it cannot sign in by code. Check the address or sign in another way."),
        Error(TraitsMismatch, "These details differ from the ones given before. Please start again with the right ones."),
        Error(UnknownAccount, "There is no such account, or it has no way to sign in. Check the spelling, or sign up."),
        Error(CaptchaFailed, "The captcha was not solved. Please try again."),
        Error(PasswordUnchanged, "This is your present password. Please choose a different one."),
        Error(EmailInvalid, "Please enter a valid email address.", "value"),
        Error(PhoneInvalid, "Please enter a valid phone number, with its country code.", "value"),
        Error(NoDevice, "No trusted device is set up. Choose another way to confirm."),
        Error(WebAuthnInvalid, "The security key or passkey was not accepted. Please try again."),
        Error(DeviceSignatureInvalid, "The device's signature was not accepted. Please try again."),
        Error(DeviceAttestationExpired, "This device's key can no longer be used. Please set the device up again."),
        Error(DeviceKeyTooOld, "This device's key is from before user verification and can no longer be used. Please set the device up again."),

        Error(LoginExpired, "This sign-in took too long: it ended {minutes} ago. Please sign in again.", "expired_at", "expired_at_unix"),
        Error(LoginNoMethod, "No way to sign in was chosen. Please fill in the form and send it again."),
        Error(RegistrationNoMethod, "No way to sign up was chosen. Please fill in the form and send it again."),
        Error(SettingsNoMethod, "Nothing to change was chosen. Please fill in the form and send it again."),
        Error(RecoveryNoMethod, "No way to recover the account was chosen. Please fill in the form and send it again."),
        Error(VerificationNoMethod, "No way to verify the address was chosen. Please fill in the form and send it again."),
        Error(LoginAlreadyDone, "This sign-in is complete and cannot be sent again. Please start a new one."),
        Error(LoginCodeInvalid, "This code is wrong or was used before. Check it, or request another one."),
        Error(LoginLinkMismatch, "These are not the sign-in details of the account to link. Please use those of that account."),
        Error(LoginUnknownAddress, "This address does not belong to your account. Choose one that does."),
        Error(IdentityDisabled, "This account is disabled. Please ask support for help."),

        Error(RegistrationExpired, "This sign-up took too long: it ended {minutes} ago. Please sign up again.", "expired_at", "expired_at_unix"),
        Error(RegistrationAlreadyDone, "This sign-up is complete and cannot be sent again. Please sign in."),
        Error(RegistrationCodeInvalid, "This code is wrong or was used before. Check it, or request another one."),

        Error(SettingsExpired, "This page was open too long: it ended {minutes} ago. Please make your changes again.", "expired_at", "expired_at_unix"),
        Error(SettingsOneAddressAtATime, "Please change one address at a time."),

        Error(RecoveryAlreadyDone, "This recovery is complete and cannot be sent again. Please start a new one if you need it."),
        Error(RecoveryFailed, "This recovery cannot be continued. Please start again."),
        Error(RecoveryLinkInvalid, "This recovery link is wrong or was used before. Please request another one."),
        Error(RecoveryExpired, "This recovery took too long: it ended {minutes} ago. Please start again.", "expired_at", "expired_at_unix"),
        Error(RecoveryCodeInvalid, "This code is wrong or was used before. Check it, or request another one."),

        Error(VerificationLinkInvalid, "This verification link is wrong or was used before. Please request another one."),
        Error(VerificationAlreadyDone, "This verification is complete and cannot be sent again."),
        Error(VerificationFailed, "This verification cannot be continued. Please start again."),
        Error(VerificationExpired, "This verification took too long: it ended {minutes} ago. Please start again.", "expired_at", "expired_at_unix"),
        Error(VerificationCodeInvalid, "This code is wrong or was used before. Check it, or request another one."),

        Error(SystemError, "{reason}", "reason"),
        Error(NoMethodsAvailable, "There is no way to sign in at the moment. Please tell the administrator."),
        Error(NoSsoProvider, "Your organization asks for single sign-on, which is not set up. Please tell the administrator."),
    ];

    private static MessageEntry Info(int id, string text, params string[] context) => new(id, UiTextType.Info, text, context);

    private static MessageEntry Success(int id, string text, params string[] context) => new(id, UiTextType.Success, text, context);

    private static MessageEntry Error(int id, string text, params string[] context) => new(id, UiTextType.Error, text, context);
}
